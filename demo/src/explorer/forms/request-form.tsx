import type { Client, Message } from '@wildcast/client'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { useClient } from '../../bridge.js'
import { Button } from '../../ui/button.js'
import { Field } from '../../ui/field.js'
import { duration } from '../../ui/format.js'
import { Problem, type Refusal, refusalOf, subjectRefusal } from '../../ui/problem.js'
import { Payload } from '../message-detail.js'
import { payloadOf, readable } from '../payload.js'
import { headersOf, useExplorer } from '../store.js'
import { MessageFields } from './message-fields.js'

interface Answer {
  readonly parts: readonly Message[]
  readonly isPending: boolean
  /** From the request to the last part, in milliseconds. */
  readonly ms?: number
  readonly refusal?: Refusal
}

/** Sends a request, and shows the parts of its answer as they come. */
export function RequestForm() {
  const client = useClient()
  const [answer, setAnswer] = useState<Answer>()
  const [seconds, setSeconds] = useState('5')
  const abort = useRef<AbortController>(undefined)
  useEffect(() => () => abort.current?.abort(), [])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    abort.current?.abort()
    abort.current = new AbortController()
    void ask(client, { timeoutMs: Number(seconds) * 1000, signal: abort.current.signal, show: setAnswer })
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <MessageFields form="request" subjectError={subjectRefusal(answer?.refusal)} />
      <Field
        label="Seconds to wait"
        inputMode="decimal"
        value={seconds}
        onChange={({ target }) => setSeconds(target.value)}
      />
      <div className="flex gap-2 [&>:first-child]:flex-1">
        <Button isMain type="submit" icon="send">
          Request
        </Button>
        {answer?.isPending && <Button onClick={() => abort.current?.abort()}>Cancel</Button>}
      </div>
      <div aria-live="polite" className="flex flex-col gap-2">
        {answer && <AnswerParts answer={answer} />}
      </div>
    </form>
  )
}

interface AskOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly show: (answer: Answer) => void
}

async function ask(client: Client, { timeoutMs, signal, show }: AskOptions): Promise<void> {
  const { request, broker } = useExplorer.getState()
  const start = performance.now()
  const parts: Message[] = []
  const onPart = (part: Message): void => {
    parts.push(part)
    show({ parts: [...parts], isPending: true })
  }
  show({ parts, isPending: true })
  try {
    const options = { broker, headers: headersOf(request), timeoutMs, signal, onPart }
    parts.push(await client.request(request.subject, payloadOf(request.payload), options))
    show({ parts, isPending: false, ms: performance.now() - start })
  } catch (cause) {
    const isCancelled = signal.aborted
    show({ parts, isPending: false, ...(!isCancelled && { refusal: refusalOf(cause) }) })
  }
}

function AnswerParts({ answer }: { readonly answer: Answer }) {
  const { parts, isPending, ms, refusal } = answer
  const nobody = 'Serve the subject in the next tab, here or in a second window.'
  return (
    <>
      {isPending && <p className="animate-pulse text-quiet text-sm">Waiting for the answer…</p>}
      {ms !== undefined && (
        <p className="text-quiet text-sm">
          Answered after {duration(ms)}
          {parts.length > 1 && `, in ${parts.length} parts`}
        </p>
      )}
      {parts.map((part) => (
        <Payload key={part.key} text={readable(part)} />
      ))}
      {refusal && !subjectRefusal(refusal) && (
        <Problem refusal={refusal} hint={refusal.code === 'no_responders' ? nobody : undefined} />
      )}
    </>
  )
}
