import type { Clock } from '../../core/clock.js'

const tickMs = 1

/** How messages are sent at an even rate. */
export interface PaceOptions {
  /** Messages a second. */
  readonly rate: number
  readonly seconds: number
  /** Sends the message of this number. */
  send(number: number): void
  /** Called with the delay of the most delayed message that is sent now, in milliseconds. */
  onLate(ms: number): void
}

/** Sends messages at an even rate, whatever the answers. Returns how to end it. */
export function evenly({ rate, seconds, send, onLate }: PaceOptions, clock: Clock): () => void {
  const begun = clock.now()
  let sent = 0
  let unwait = (): void => {}
  const tick = (): void => {
    const passedMs = clock.now() - begun
    const due = Math.floor((Math.min(passedMs, seconds * 1000) * rate) / 1000)
    if (sent < due) onLate(passedMs - ((sent + 1) * 1000) / rate)
    for (; sent < due; sent++) send(sent)
    if (passedMs < seconds * 1000) unwait = clock.after(tickMs, tick)
  }
  tick()
  return () => unwait()
}
