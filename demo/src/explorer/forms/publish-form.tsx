import type { Publication } from '@wildcast/client'
import { type FormEvent, useState } from 'react'
import { useClient } from '../../bridge.js'
import { Button } from '../../ui/button.js'
import { duration } from '../../ui/format.js'
import { Icon } from '../../ui/icon.js'
import { payloadOf } from '../payload.js'
import { headersOf, useExplorer } from '../store.js'
import { MessageFields } from './message-fields.js'
import { Problem, type Refusal, refusalOf, subjectRefusal } from './problem.js'

type Outcome =
  | { readonly state: 'under way' }
  | { readonly state: 'confirmed' | 'unknown'; readonly ms: number }
  | { readonly state: 'refused'; readonly refusal: Refusal }

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
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <MessageFields form="publish" subjectError={subjectRefusal(refusal)} />
      <Button isMain type="submit" icon="send">
        Publish
      </Button>
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

function OutcomeText({ outcome }: { readonly outcome: Outcome }) {
  if (outcome.state === 'refused') return subjectRefusal(outcome.refusal) ? null : <Problem refusal={outcome.refusal} />
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
