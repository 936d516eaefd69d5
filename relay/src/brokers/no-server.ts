import { WildcastError } from '@wildcast/protocol'

/** The error of a request whose subject has no responder. @param why such as `left` */
export function noServer(subject: string, why: string): WildcastError {
  return new WildcastError('no_responders', `the server of "${subject}" ${why}; start one with serve("${subject}", …)`)
}
