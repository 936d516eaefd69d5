import { Icon, type IconName } from '../ui/icon.js'
import type { SendState } from './room-log.js'

const marks: Record<SendState, readonly [icon: IconName, words: string, color: string]> = {
  waiting: ['clock', 'Waiting for the connection', 'text-warn'],
  sending: ['clock', 'Sending', 'text-quiet'],
  sent: ['check', 'Sent', 'text-quiet'],
  unknown: ['warning', 'Outcome unknown', 'text-warn'],
  refused: ['warning', 'Not sent', 'text-bad'],
}

/** The state of a message that this page has written. */
export function SendMark({ state }: { readonly state: SendState }) {
  const [icon, words, color] = marks[state]
  return (
    <span title={words} className={`mb-1 shrink-0 ${color}`}>
      <Icon name={icon} className="size-3.5" />
      <span className="sr-only">{words}</span>
    </span>
  )
}
