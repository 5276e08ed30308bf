import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { get } from 'sparkplug-payload'
import generated from 'sparkplug-payload/lib/sparkplugPayloadProto.js'
import { FrameRing } from '#ingest/core/frame-ring.ts'
import { TopicRouter } from '#drivers/mqtt/core/topic-router.ts'
import { readPayload } from '#drivers/mqtt/core/sparkplug-payload.ts'
import { createDriver } from '#drivers/mqtt/driver.ts'
import { startMosquitto } from '../test/support/mosquitto.ts'
import { mqttPlan } from '../test/support/mqtt-device.ts'
import { recordedContext } from '../test/support/session-context.ts'
import { machine, option, quantile } from './machine.ts'

// Sparkplug decoding beside protobufjs (the code that it generates from the specification's proto, as sparkplug-payload brings it along) and
// beside sparkplug-payload itself, messages through a broker beside mosquitto_sub, the topic router, memory.
const seconds = option('seconds', 1)
const rounds = option('rounds', 5)
const run = promisify(execFile)
const median = (figures: readonly number[]): number => quantile(figures, 0.5)

function metricsPerSecond(decode: (bytes: Uint8Array) => unknown, bytes: Uint8Array): number {
  const started = performance.now()
  const processor = process.cpuUsage()
  let payloads = 0
  while (performance.now() - started < seconds * 1000) for (let i = 0; i < 200; i++, payloads++) decode(bytes)
  const { user, system } = process.cpuUsage(processor)
  return (payloads * 20 * 1e6) / (user + system)
}

function decoding(): void {
  const { Payload } = generated.org.eclipse.tahu.protobuf
  const peer = get('spBv1.0')
  if (peer === null) throw new Error('sparkplug-payload is missing')
  for (const [what, named] of [
    ['20 metrics by alias', false],
    ['20 metrics by name and alias', true],
  ] as const) {
    const metrics = Array.from({ length: 20 }, (_, i) => ({
      ...(named ? { name: `Outputs/Pump ${i}/Speed` } : {}),
      alias: i + 100,
      timestamp: Date.now(),
      type: ['Float', 'Int32', 'Boolean', 'Double'][i % 4],
      value: [1.5, 1000 + i, true, 3.14][i % 4],
    }))
    // as they come from a socket
    const bytes = Buffer.from(peer.encodePayload({ timestamp: Date.now(), seq: 5, metrics } as never))
    const ours: number[] = []
    const peers = {
      'protobufjs, 64-bit numbers left in halves': [] as number[],
      'protobufjs, plain numbers as ours': [] as number[],
      'sparkplug-payload': [] as number[],
    }
    const plain = { longs: Number }
    for (let round = 0; round < rounds; round++) {
      ours.push(metricsPerSecond(readPayload, bytes))
      peers['protobufjs, 64-bit numbers left in halves'].push(metricsPerSecond((payload) => Payload.decode(payload), bytes))
      peers['protobufjs, plain numbers as ours'].push(
        metricsPerSecond((payload) => Payload.toObject(Payload.decode(payload), plain), bytes),
      )
      peers['sparkplug-payload'].push(metricsPerSecond((payload) => peer.decodePayload(payload), bytes))
    }
    console.log(`decode ${what} (${bytes.length} bytes): ours ${(median(ours) / 1e6).toFixed(2)} M metrics/s of a core`)
    for (const [name, theirs] of Object.entries(peers)) {
      const ratios = ours.map((figure, index) => figure / (theirs[index] ?? Number.NaN))
      console.log(
        `  ${name} ${(median(theirs) / 1e6).toFixed(2)} M, ratio median ${median(ratios).toFixed(2)}, lowest ${Math.min(...ratios).toFixed(2)}`,
      )
    }
  }
}

function routing(): void {
  const router = new TopicRouter<number>()
  for (let i = 0; i < 5000; i++) {
    const [area, line] = [`plant/area${i % 50}`, `line${i}`]
    router.add(i % 3 === 0 ? `${area}/+/dev${i}/value` : i % 3 === 1 ? `${area}/${line}/dev${i}/value` : `${area}/${line}/#`, i)
  }
  // new strings each time, as they come from the wire
  const topics = Array.from({ length: 200_000 }, (_, i) =>
    Buffer.from(`plant/area${(i * 7) % 50}/line${(i % 1000) * 5}/dev${(i % 1000) * 5}/value`).toString(),
  )
  const figures: number[] = []
  for (let round = 0; round < rounds; round++) {
    const part = topics.slice(round * 20_000, (round + 1) * 20_000)
    const started = performance.now()
    for (const topic of part) router.match(topic)
    figures.push(((performance.now() - started) * 1e6) / part.length)
  }
  console.log(`router: 5000 filters, ${median(figures).toFixed(0)} ns a match`)
}

/** Messages of 229 bytes at QoS 0 and 1 from mosquitto_pub; who subscribes counts them. */
async function throughput(): Promise<void> {
  await using broker = await startMosquitto(['allow_anonymous true', 'max_queued_messages 1000000'])
  const folder = mkdtempSync(join(tmpdir(), 'synctide-bench-'))
  const count = option('messages', 60_000)
  const body = `{"v":12.5,"pad":"${'x'.repeat(210)}"}`
  const publish = async (qos: number, many: number): Promise<void> => {
    const script = 'yes "$1" | head -n "$2" | mosquitto_pub -h 127.0.0.1 -p "$0" -t bench/a -q "$3" -l'
    await run('sh', ['-c', script, String(broker.port), body, String(many), String(qos)])
  }
  for (const qos of [0, 1] as const) {
    const many = qos === 0 ? count : Math.round(count / 10)
    const ours: number[] = []
    const theirs: number[] = []
    const cpu: number[] = []
    for (let round = 0; round < Math.min(rounds, 3); round++) {
      let seen = 0
      // the frame log as the runtime keeps it
      const ring = new FrameRing()
      const context = recordedContext({
        folder,
        emit: (samples) => void (seen += samples.length),
        frame: (direction, bytes) => ring.push(direction, bytes, 0),
      })
      const used = process.cpuUsage()
      const session = await createDriver().connect(
        mqttPlan({ port: broker.port, session: 'clean', clientId: `bench${qos}${round}` }, { qos }, [['bench/a', { path: 'v' }]]),
        context,
      )
      let started = performance.now()
      await publish(qos, many)
      while (seen < many && performance.now() - started < 30_000) await pause(1)
      ours.push((seen * 1000) / (performance.now() - started))
      const { user, system } = process.cpuUsage(used)
      cpu.push((user + system) / many)
      await session[Symbol.asyncDispose]()
      await pause(700)
      const subscriber = spawn(
        'mosquitto_sub',
        ['-h', '127.0.0.1', '-p', String(broker.port), '-t', 'bench/a', '-q', String(qos), '-C', String(many)],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      )
      const ended = new Promise<void>((resolve) => subscriber.once('exit', () => resolve()))
      await pause(300)
      started = performance.now()
      await publish(qos, many)
      await Promise.race([ended, pause(30_000)])
      theirs.push((many * 1000) / (performance.now() - started))
      subscriber.kill()
    }
    console.log(
      `QoS ${qos}, publisher included: ours ${median(ours).toFixed(0)} messages/s into samples, mosquitto_sub ${median(theirs).toFixed(0)} messages/s, ratio ${(median(ours) / median(theirs)).toFixed(2)}; ours ${median(cpu).toFixed(1)} us of CPU a message`,
    )
  }
  const before = process.memoryUsage.rss()
  const tags = Array.from({ length: 1000 }, (_, i) => [`bench/${i}`, { path: 'v' }] as const)
  await using _ = await createDriver().connect(mqttPlan({ port: broker.port, session: 'clean' }, {}, tags), recordedContext({ folder }))
  console.log(`memory: ${((process.memoryUsage.rss() - before) / 2 ** 20).toFixed(1)} MiB more for 1,000 tags`)
  rmSync(folder, { recursive: true, force: true })
}

console.log(machine())
decoding()
routing()
await throughput()
