import { useConnection } from '../../bridge.js'

/** Shown above the input while there is no connection, with the number of messages that wait. */
export function Offline({ count }: { readonly count: number }) {
  const { state } = useConnection()
  if (state === 'online' || (state === 'connecting' && count === 0)) return null
  const kept = count === 1 ? 'One message is' : `${count} messages are`
  return (
    <p className="mx-auto w-full max-w-4xl px-4 pb-2 text-warn text-xs md:px-6">
      {count === 0
        ? 'You are offline. Write all the same: messages are kept, and sent when the connection is back.'
        : `${kept} kept here, and sent when the connection is back. A reload loses nothing.`}
    </p>
  )
}
