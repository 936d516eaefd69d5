import type { RelayFrame } from '@wildcast/protocol'

/** A message of a subscription, as a relay sends it. */
export function message(id: number, subject: string, text: string = ''): RelayFrame {
  return { kind: 'Message', id, subject, message: text, broker: 'test' }
}
