import type { WildcastError } from '@wildcast/protocol'
import { reasons } from './codec/reasons.js'

/** The kind of a refused action. */
export type RefusedAction = 'publish' | 'subscribe' | 'connect'

/** The reasons that differ from "unspecified error". */
const codes: Readonly<Record<string, number>> = {
  forbidden: reasons.notAuthorized,
  unauthorized: reasons.notAuthorized,
  token_expired: reasons.notAuthorized,
  too_large: reasons.quotaExceeded,
  rate_limited: reasons.quotaExceeded,
  too_many_subscriptions: reasons.quotaExceeded,
  storage_full: reasons.quotaExceeded,
  invalid_payload: reasons.payloadFormatInvalid,
  unsupported: reasons.implementationError,
}

/** Returns the reason code of MQTT 5 for an error of a session. */
export function reasonOfError({ code }: WildcastError, refused: RefusedAction): number {
  if (code === 'invalid_subject') return refused === 'subscribe' ? reasons.filterInvalid : reasons.topicInvalid
  if (refused === 'connect') return connectReasonOf(code)
  if (refused === 'subscribe' && code === 'invalid_payload') return reasons.unspecifiedError
  return codes[code] ?? reasons.unspecifiedError
}

function connectReasonOf(code: string): number {
  switch (code) {
    case 'unauthorized':
    case 'token_expired':
      return reasons.badUserOrPassword
    case 'rate_limited':
      return reasons.quotaExceeded
    case 'broker_down':
    case 'going_away':
      return reasons.serverUnavailable
    default:
      return codes[code] ?? reasons.unspecifiedError
  }
}
