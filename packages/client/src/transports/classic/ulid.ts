import type { ClientClock } from '../../time/clock.js'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * Creates a unique name that sorts by time: 48 bits of milliseconds and 80 random bits, in
 * Crockford's base 32.
 */
export function ulid({ now, random }: Pick<ClientClock, 'now' | 'random'>): string {
  let time = ''
  for (let rest = now(); time.length < 10; rest = Math.floor(rest / 32)) time = crockford[rest % 32] + time
  return time + Array.from({ length: 16 }, () => crockford[Math.floor(random() * 32)]).join('')
}
