import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEMO_BROKER } from '#plant/demo.ts'
import { Plant, type PlantOptions } from '../../simulator/plant.ts'

/** The demo plant on free ports, without a broker unless one is given; its files go with it. */
export async function demoPlant(options: Partial<PlantOptions> = {}): Promise<Plant & { readonly rawData: string }> {
  const rawData = options.rawData ?? mkdtempSync(join(tmpdir(), 'synctide-demo-'))
  const plant = await Plant.start({
    broker: { code: DEMO_BROKER, url: () => 'mqtt://127.0.0.1:9' },
    random: () => 0.5,
    ...options,
    rawData,
  })
  const stop = plant[Symbol.asyncDispose].bind(plant)
  return Object.assign(plant, {
    rawData,
    [Symbol.asyncDispose]: async () => {
      await stop()
      rmSync(rawData, { recursive: true, force: true })
    },
  })
}
