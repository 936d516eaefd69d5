import { removeUnsent } from '../chat-store.js'
import type { ChatEntry } from '../room-log.js'
import { sendAgain } from '../send.js'

/** Why a message has failed, and what to do about it. */
export function Failure({ room, entry }: { readonly room: string; readonly entry: ChatEntry }) {
  const isUnknown = entry.state === 'unknown'
  return (
    <p className={`flex flex-wrap items-center gap-x-3 text-xs ${isUnknown ? 'text-warn' : 'text-bad'}`}>
      <span className="min-w-0 break-words py-1">
        {isUnknown
          ? 'The connection broke on the way: the message may have arrived or not.'
          : `Not sent: ${entry.error ?? 'refused'}`}
      </span>
      <span className="flex gap-3">
        <TextButton onClick={() => sendAgain(room, entry)}>{isUnknown ? 'Send again' : 'Try again'}</TextButton>
        <TextButton onClick={() => removeUnsent(room, entry.key)}>Remove</TextButton>
      </span>
    </p>
  )
}

function TextButton({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="font-medium text-text underline decoration-quiet/50 underline-offset-2 hover:decoration-current
        min-h-6 touch:min-h-11"
    >
      {children}
    </button>
  )
}
