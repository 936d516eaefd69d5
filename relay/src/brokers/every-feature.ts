import type { Features } from '../core/broker.js'
import { keepsNoValues } from './keeps-no-values.js'

/** The features of the memory broker, inside the process or in another one. */
export const everyFeature: Features = {
  queue: true,
  request: true,
  serve: true,
  response_subject: true,
  headers: true,
  wildcard: true,
  ...keepsNoValues('this broker keeps no values'),
}
