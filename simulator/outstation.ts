/**
 * What can happen to a device of the plant. `cable`: it cannot be reached; `silent`: it can, but says nothing; `slow`: it answers after
 * a second, and what reports by itself comes ten seconds late; `exception`: it says that it is broken; `freeze`: its values stand still.
 */
export const DEVICE_FAULTS = ['cable', 'silent', 'slow', 'exception', 'freeze'] as const
export type DeviceFault = (typeof DEVICE_FAULTS)[number]
/** `worn`: the device is well, but the pumps of the booster station lift less than they did. */
export const PLANT_FAULTS = [...DEVICE_FAULTS, 'worn'] as const
export type PlantFault = (typeof PLANT_FAULTS)[number]

/** A device of the plant as it speaks its protocol. */
export interface Outstation extends AsyncDisposable {
  /** How SyncTide reaches it: what belongs into the connection of its device. */
  readonly connection: Readonly<Record<string, unknown>>
  /**
   * New values of its points, in their order and in engineering units.
   * @param at when they were true, milliseconds since 1970
   */
  update(values: readonly number[], at: number): void
  /** Breaks it, or heals it with null; `freeze` is done by whoever no longer updates it. */
  setFault(fault: DeviceFault | null): Promise<void>
}

/** The port that a device had before, if nobody else has taken it meanwhile, else a free one. */
export async function onPreferredPort<Server>(port: unknown, start: (port: number) => Promise<Server>): Promise<Server> {
  if (typeof port !== 'number' || port === 0) return await start(0)
  return await start(port).catch(async () => await start(0))
}
