import type { Message } from '@wildcast/client'
import { useChat } from '../chat/use-chat.js'
import { CurlHint, Empty } from '../ui/empty.js'

const titles = ['Subject', 'Wildcard', 'Broker', 'Bytes', 'Payload']

/** Every message on `good.*`, newest first. */
export function Explorer() {
  const feed = useChat()
  return (
    <>
      <header className="flex min-h-14 items-center gap-3 border-line border-b px-6 py-3">
        <h2 className="font-mono font-semibold">
          <span className="text-quiet">good.</span>
          <span className="text-brand">*</span>
        </h2>
        <p className="text-quiet text-sm">
          {feed.items.length} {feed.items.length === 1 ? 'message' : 'messages'}, {feed.status}
        </p>
      </header>
      {feed.items.length === 0 ? (
        <Empty title="No messages yet">
          Every message on any room is listed here:
          <CurlHint subject="good.test" />
        </Empty>
      ) : (
        <div className="min-h-0 flex-1 overflow-auto">
          <table className="w-full border-collapse text-left text-sm">
            <thead className="sticky top-0 bg-ink text-quiet text-xs">
              <tr>
                {titles.map((title) => (
                  <th key={title} className="border-line border-b px-6 py-2 font-medium">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="font-mono">
              {feed.items.toReversed().map((message) => (
                <Row key={message.key} message={message} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  )
}

function Row({ message }: { readonly message: Message }) {
  return (
    <tr className="border-line/60 border-b align-top hover:bg-panel">
      <td className="whitespace-nowrap px-6 py-2">{message.subject}</td>
      <td className="px-6 py-2 text-brand">{message.params.join(' ')}</td>
      <td className="px-6 py-2 text-quiet">{message.broker}</td>
      <td className="px-6 py-2 text-quiet tabular-nums">{message.bytes.length}</td>
      <td className="max-w-0 truncate px-6 py-2 text-text/80" style={{ width: '60%' }}>
        {typeof message.data === 'string' ? message.data : JSON.stringify(message.data)}
      </td>
    </tr>
  )
}
