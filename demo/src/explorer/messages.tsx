import type { SubscriptionFeed } from '@wildcast/react'
import { type FormEvent, useCallback, useLayoutEffect, useRef, useState } from 'react'
import { useSubscription } from '../bridge.js'
import { Button } from '../ui/button.js'
import { Empty } from '../ui/empty.js'
import { Field } from '../ui/field.js'
import { exact } from '../ui/plain-format.js'
import { MessageTable } from './message-table.js'
import { explore, useExplorer } from './store.js'

const examples = ['**', 'good.*', 'price.*', 'sensor.**', 'order.*']

/** More messages are dropped, the oldest first. */
const keep = 200

/** The messages of a pattern, the newest first. */
export function Messages() {
  const { pattern, broker } = useExplorer()
  const count = useRef(0)
  const feed = useSubscription(pattern, { broker, keep, onEvent: () => count.current++ })
  const [frozen, setFrozen] = useState<{ readonly items: typeof feed.items; readonly count: number }>()
  const newest = useRef(feed.items)
  useLayoutEffect(() => {
    newest.current = feed.items
  }, [feed.items])
  const freeze = useCallback(() => {
    setFrozen((now) => now ?? { items: newest.current, count: count.current })
  }, [])
  const items = frozen?.items ?? feed.items
  const newer = frozen ? count.current - frozen.count : 0
  const toPattern = (next: string): void => {
    count.current = 0
    setFrozen(undefined)
    explore({ pattern: next })
  }
  return (
    <>
      <PatternForm key={pattern} pattern={pattern} error={feed.error?.message} onChange={toPattern}>
        <Button
          icon={frozen ? 'play' : 'pause'}
          aria-pressed={frozen !== undefined}
          onClick={frozen ? () => setFrozen(undefined) : freeze}
        >
          <span className="max-sm:sr-only">{frozen ? 'Resume' : 'Pause'}</span>
        </Button>
      </PatternForm>
      <p className="flex min-h-9 items-center gap-2 border-line border-y bg-panel px-3 text-quiet text-xs md:px-6">
        <Feed status={feed.status} continuity={feed.continuity} missed={feed.missed} />
        <span className="tabular-nums">{exact(count.current)} received</span>
        {newer > 0 && <span className="ml-auto text-brand tabular-nums">{exact(newer)} newer</span>}
      </p>
      {items.length > 0 ? (
        <MessageTable items={items} onRead={freeze} />
      ) : (
        <Empty icon="explorer" title={feed.error ? 'Nothing to read' : 'No messages yet'}>
          {feed.error
            ? 'Correct the pattern, or choose one of the examples.'
            : 'They are listed here as they come. Publish one, or try another pattern.'}
        </Empty>
      )}
    </>
  )
}

const looks = {
  live: ['bg-brand', 'live'],
  'catching-up': ['bg-warn animate-pulse', 'connecting'],
  gap: ['bg-warn', 'messages are missing'],
  stale: ['bg-bad', 'not updated'],
} as const

type FeedProps = Pick<SubscriptionFeed, 'status' | 'continuity' | 'missed'>

function Feed({ status, continuity, missed }: FeedProps) {
  const [dot, words] = status === 'error' || status === 'denied' ? (['bg-bad', 'refused'] as const) : looks[continuity]
  return (
    <span className="flex items-center gap-1.5">
      <span className={`size-1.5 rounded-full ${dot}`} />
      {words}
      {missed > 0 && <span className="text-warn">{exact(missed)} missed</span>}
    </span>
  )
}

interface PatternFormProps {
  readonly pattern: string
  readonly error: string | undefined
  readonly onChange: (pattern: string) => void
  readonly children: React.ReactNode
}

function PatternForm({ pattern, error, onChange, children }: PatternFormProps) {
  const [text, setText] = useState(pattern)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onChange(text.trim())
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-3 p-3 md:px-6 md:py-4">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field
            label="Pattern"
            value={text}
            error={text === pattern ? error : undefined}
            onChange={({ target }) => setText(target.value)}
          />
        </div>
        <div className="flex gap-2 pt-label">
          <Button isMain type="submit" disabled={text.trim() === ''}>
            Subscribe
          </Button>
          {children}
        </div>
      </div>
      <ul aria-label="Examples" className="flex gap-1.5 overflow-x-auto p-0.5">
        {examples.map((example) => (
          <li key={example}>
            <button
              type="button"
              aria-pressed={example === pattern}
              onClick={() => onChange(example)}
              className="min-h-6 rounded-md border border-line px-2 font-mono text-quiet text-xs transition-colors
                hover:text-text aria-pressed:bg-raised aria-pressed:text-text touch:min-h-11 touch:px-3"
            >
              {example}
            </button>
          </li>
        ))}
      </ul>
    </form>
  )
}
