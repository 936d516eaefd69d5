/**
 * A ticket in a URL names the relay that has made it, since others do not know it. No id has a dot.
 */
export function namedTicket(relay: string, ticket: string): string {
  return `${relay}.${ticket}`
}

/** The relay that has made a ticket. */
export function relayOfTicket(named: string): string | undefined {
  return /^([^.]+)\./.exec(named)?.[1]
}

/** A ticket without the name of its relay. */
export function withoutRelay(named: string): string {
  return named.slice(named.indexOf('.') + 1)
}
