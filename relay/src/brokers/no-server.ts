import { WildcastError } from '@wildcast/protocol'

/** The refusal of a request if its subject has no server. @param why such as `left` */
export function noServer(subject: string, why: string): WildcastError {
  return new WildcastError('no_responders', `the server of "${subject}" ${why}; start one with serve("${subject}", …)`)
}
