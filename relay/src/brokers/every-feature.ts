import type { Features } from '../core/broker.js'

/** What the memory broker can do, also where it is in another process. */
export const everyFeature: Features = {
  queue: true,
  request: true,
  serve: true,
  response_subject: true,
  headers: true,
  wildcard: true,
}
