import type { Publication } from '@wildcast/client'
import { type FormEvent, useState } from 'react'
import { openUnchecked, useClient } from '../../bridge.js'
import { Button } from '../../ui/button.js'
import { duration } from '../../ui/format.js'
import { Icon } from '../../ui/icon.js'
import { Problem, type Refusal, refusalOf, subjectRefusal } from '../../ui/problem.js'
import { payloadOf } from '../payload.js'
import { changeDraft, headersOf, useExplorer } from '../store.js'
import { MessageFields } from './message-fields.js'

type Outcome =
  | { readonly state: 'under way' }
  | { readonly state: 'confirmed' | 'unknown'; readonly ms: number }
  | { readonly state: 'refused'; readonly refusal: Refusal; readonly hint?: string }

/** Publishes a message, and shows its outcome. */
export function PublishForm() {
  const client = useClient()
  const [outcome, setOutcome] = useState<Outcome>()
  const refusal = outcome?.state === 'refused' ? outcome.refusal : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const { publish, broker } = useExplorer.getState()
    setOutcome({ state: 'under way' })
    const options = { broker, headers: headersOf(publish) }
    void follow(client.publish(publish.subject, payloadOf(publish.payload), options)).then(setOutcome)
  }
  const sendWrong = (): void => {
    changeDraft('publish', wrong)
    setOutcome({ state: 'under way' })
    void publishUnchecked().then(setOutcome)
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <MessageFields form="publish" subjectError={subjectRefusal(refusal)} />
      <Button isMain type="submit" icon="send">
        Publish
      </Button>
      <div className="flex flex-col gap-1.5 border-line border-t pt-4">
        <Button onClick={sendWrong}>Send a wrong price</Button>
        <p className="text-quiet text-xs">The relay refuses it, and names what does not fit.</p>
      </div>
      <div aria-live="polite">{outcome && <OutcomeText outcome={outcome} />}</div>
    </form>
  )
}

async function follow(publication: Publication): Promise<Outcome> {
  const start = performance.now()
  try {
    const state = await publication
    return { state, ms: performance.now() - start }
  } catch (cause) {
    return { state: 'refused', refusal: refusalOf(cause) }
  }
}

/** A price limit that does not fit the contract, on a subject where everybody may publish. */
const wrong = { subject: 'desk.limit', payload: '{"price": "cheap", "by": "Ada"}', headers: [] }

/** Sends the wrong price without this page's own check, so that the relay decides. */
async function publishUnchecked(): Promise<Outcome> {
  const unchecked = openUnchecked()
  const { broker } = useExplorer.getState()
  const outcome = await follow(unchecked.publish(wrong.subject, payloadOf(wrong.payload), { broker }))
  unchecked.close()
  return { ...outcome, ...(outcome.state === 'refused' && { hint: 'The relay refused it: it enforces the contract.' }) }
}

function OutcomeText({ outcome }: { readonly outcome: Outcome }) {
  if (outcome.state === 'refused')
    return subjectRefusal(outcome.refusal) ? null : <Problem refusal={outcome.refusal} hint={outcome.hint} />
  if (outcome.state === 'under way')
    return <p className="text-quiet text-sm">Under way. Without a connection it waits for one.</p>
  const isSafe = outcome.state === 'confirmed'
  return (
    <p className="flex items-center gap-2 text-sm">
      <Icon name={isSafe ? 'check' : 'warning'} className={`size-4 ${isSafe ? 'text-brand' : 'text-warn'}`} />
      {isSafe
        ? `The broker has it, after ${duration(outcome.ms)}.`
        : 'The connection broke on the way: it may have arrived or not.'}
    </p>
  )
}
