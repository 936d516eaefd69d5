import { type Tone, useJournal } from '../journal.js'
import { Empty } from '../ui/empty.js'
import { timeOf } from '../ui/format.js'
import { Panel } from '../ui/panel.js'

const dots: Record<Tone, string> = { good: 'bg-brand', warn: 'bg-warn', bad: 'bg-bad', quiet: 'bg-quiet' }

/** Everything that happened to the connection, the messages and the brokers. */
export function JournalPanel({ className }: { readonly className?: string | undefined }) {
  const entries = useJournal((journal) => journal.entries)
  return (
    <Panel title="Journal" note="as the SDK reports it" className={className}>
      {entries.length === 0 ? (
        <Empty title="Nothing has happened yet">Cut the connection: the client heals it by itself.</Empty>
      ) : (
        <ol aria-label="Journal" className="-mr-2 flex max-h-96 flex-col gap-1.5 overflow-y-auto pr-2 text-xs">
          {entries.map(({ id, at, tone, text }) => (
            <li key={id} className="flex items-baseline gap-2">
              <span className="shrink-0 font-mono text-quiet tabular-nums">{timeOf(at)}</span>
              <span className={`size-1.5 shrink-0 self-center rounded-full ${dots[tone]}`} />
              <span className="min-w-0 break-words">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
