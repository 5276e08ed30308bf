import { createDriver } from '#drivers/opcua/driver.ts'
import { type ConformancePeer, conformance } from '../support/conformance.ts'
import { PLANT, TestServer } from '../support/opcua-server.ts'

async function startPeer(): Promise<ConformancePeer> {
  let server = await TestServer.start()
  const { port } = server
  return {
    port,
    set: (value) => server.set('Flow', value),
    async restart() {
      await server[Symbol.asyncDispose]()
      server = await TestServer.start({ port })
    },
    [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose](),
  }
}

for (const mode of ['subscription', 'poll'] as const) {
  conformance(`opcua by ${mode}`, {
    driver: createDriver,
    peer: startPeer,
    connection: (port) => ({
      endpointUrl: `opc.tcp://127.0.0.1:${port}`,
      securityPolicy: 'None',
      mode,
      publishingInterval: 50,
      samplingInterval: 0,
      connectTimeoutMillis: 1000,
    }),
    tags: [
      { name: 'Flow', address: `nsu=${PLANT};s=Flow`, settings: {} },
      { name: 'Running', address: `nsu=${PLANT};s=Running`, settings: {} },
    ],
    // 4.5 s until the silence is noticed, 5 s until it is said
    deafMillis: 15_000,
    rounds: 40,
  })
}
