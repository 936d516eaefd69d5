import type { Client, Handler } from '@wildcast/client'
import { type Tested, type TestedOptions, tested } from './tested.js'

/** A client that serves `a`, and another one that asks. */
export interface Served extends Tested {
  readonly other: Client
}

/** Creates a client that serves `a`. */
export async function serving(handler: Handler, options?: TestedOptions): Promise<Served> {
  const one = await tested(options)
  const other = one.relay.createClient()
  one.client.serve('a', handler)
  await one.relay.settled()
  return { ...one, other }
}
