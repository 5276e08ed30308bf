/** The sound of alarms, made by the browser itself: no file to fetch. One a tab. */
let context: AudioContext | undefined

/** @returns whether sound may be made; browsers keep silent until somebody has clicked on the page */
export async function wakeHorn(): Promise<boolean> {
  context ??= new AudioContext()
  // a browser that blocks it leaves the promise open: it is looked at, not waited for
  void context.resume().catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 100))
  return context.state === 'running'
}

export function isHornBlocked(): boolean {
  return context?.state !== 'running'
}

/** Two high and loud beeps for what is critical, a low and soft one for a warning. */
export function beep(critical: boolean): void {
  if (context === undefined || context.state !== 'running') return
  for (const after of critical ? [0, 0.28] : [0]) {
    const tone = context.createOscillator()
    const volume = context.createGain()
    tone.type = critical ? 'square' : 'sine'
    tone.frequency.value = critical ? 880 : 440
    const start = context.currentTime + after
    volume.gain.setValueAtTime(0, start)
    volume.gain.linearRampToValueAtTime(critical ? 0.5 : 0.18, start + 0.02)
    volume.gain.setValueAtTime(critical ? 0.5 : 0.18, start + 0.18)
    volume.gain.linearRampToValueAtTime(0, start + 0.22)
    tone.connect(volume).connect(context.destination)
    tone.start(start)
    tone.stop(start + 0.24)
  }
}
