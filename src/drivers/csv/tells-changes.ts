import { statfs } from 'node:fs/promises'

/** Types of Linux file systems that live on this machine, as statfs(2) numbers them: ext, XFS, Btrfs, tmpfs, overlay, ZFS, F2FS. */
const LOCAL: ReadonlySet<number> = new Set([0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1, 0xf2f5_2010])

/** Whether the system tells of everything that happens in this folder: what other machines do on a network share it does not. */
export async function tellsChanges(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  const { type } = await statfs(folder).catch(() => ({ type: 0 }))
  return LOCAL.has(type >>> 0)
}
