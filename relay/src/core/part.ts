/** A part besides the brokers that must work before a relay is ready: a component, a bridge. */
export interface Part {
  /** For operators, such as `component "hello"`. */
  readonly name: string
  readonly status: 'up' | 'down'
  /** Why it is down, without secrets. */
  readonly cause?: string
}

/** Returns a part, which is down if it has a cause. */
export function part(name: string, cause: string | undefined): Part {
  return cause === undefined ? { name, status: 'up' } : { name, status: 'down', cause }
}
