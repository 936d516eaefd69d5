import { type Finding, failure, ok, warning } from './finding.js'

const warnMs = 2000
/** Tokens are accepted for a minute after their end. */
const failMs = 60_000

/** The clock of another machine, as it was read. */
export interface OtherClock {
  /** Whose clock it is. */
  readonly name: string
  readonly time: number
  /** This machine's time before it was asked, and after its answer. */
  readonly asked: number
  readonly answered: number
  /** How exact its time is, in milliseconds. */
  readonly exactMs: number
}

/** Compares the clock of this machine with another one. The time on the way is left out. */
export function checkClock({ name, time, asked, answered, exactMs }: OtherClock): Finding {
  const ahead = asked - time - exactMs // of the other one, at least
  const behind = time - answered
  const skewMs = Math.max(ahead, behind)
  if (skewMs < warnMs) return ok('clock', `the clock agrees with that of ${name}`)
  const side = ahead > behind ? 'ahead of' : 'behind'
  const message = `the clock is ${Math.round(skewMs / 1000)} s ${side} that of ${name}`
  const remedy = 'let both set their clock by NTP (chrony, systemd-timesyncd)'
  if (skewMs < failMs) return warning('clock', message, remedy)
  return failure('clock', `${message}: tokens are refused`, remedy)
}
