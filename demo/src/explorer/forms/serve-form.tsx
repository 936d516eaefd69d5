import { type FormEvent, useState } from 'react'
import { useClient } from '../../bridge.js'
import { Button } from '../../ui/button.js'
import { Area, Field, Select } from '../../ui/field.js'
import { exact } from '../../ui/plain-format.js'
import { Problem, type Refusal, refusalOf, subjectRefusal } from '../../ui/problem.js'
import { type Kind, kinds, type Service, serve, useServices } from '../services.js'
import { useExplorer } from '../store.js'

/** Answers requests from this page. */
export function ServeForm() {
  const client = useClient()
  const [subject, setSubject] = useState('math.sum')
  const [kind, setKind] = useState<Kind>('echo')
  const [text, setText] = useState('{"ok": true}')
  const [refusal, setRefusal] = useState<Refusal>()
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    try {
      serve(client, { subject, broker: useExplorer.getState().broker, kind, text })
      setRefusal(undefined)
    } catch (cause) {
      setRefusal(refusalOf(cause))
    }
  }
  return (
    <div className="flex flex-col gap-6">
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field
          label="Subject"
          value={subject}
          error={subjectRefusal(refusal)}
          onChange={({ target }) => setSubject(target.value)}
        />
        <KindSelect kind={kind} onChange={setKind} />
        {kind === 'text' && <Area label="Answer" value={text} onChange={({ target }) => setText(target.value)} />}
        <Button isMain type="submit" icon="play">
          Serve
        </Button>
        <div aria-live="polite">{refusal && !subjectRefusal(refusal) && <Problem refusal={refusal} />}</div>
      </form>
      <Services />
    </div>
  )
}

function KindSelect({ kind, onChange }: { readonly kind: Kind; readonly onChange: (kind: Kind) => void }) {
  const all = Object.keys(kinds) as Kind[]
  return (
    <Select
      label="Behaviour"
      value={kind}
      onChange={({ target }) => onChange(all.find((each) => each === target.value) ?? 'echo')}
    >
      {all.map((each) => (
        <option key={each} value={each}>
          {kinds[each]}
        </option>
      ))}
    </Select>
  )
}

function Services() {
  const services = useServices((all) => all.services)
  if (services.length === 0)
    return (
      <p className="rounded-lg border border-line border-dashed px-3 py-4 text-center text-quiet text-sm">
        This page serves no subject yet. A request from any client reaches it, and so does{' '}
        <code className="font-mono text-xs">npx wildcast request</code>.
      </p>
    )
  return (
    <ul aria-label="Served subjects" className="flex flex-col gap-2">
      {services.map((service) => (
        <ServiceCard key={service.id} service={service} />
      ))}
    </ul>
  )
}

function ServiceCard({ service }: { readonly service: Service }) {
  const { subject, broker, kind, status, count, error, stop } = service
  const isReady = status === 'ready'
  return (
    <li className="flex items-start gap-3 rounded-lg border border-line px-3 py-2">
      <span className={`mt-1.5 size-2 shrink-0 rounded-full ${isReady ? 'bg-brand' : error ? 'bg-bad' : 'bg-warn'}`} />
      <div className="min-w-0 flex-1">
        <p className="truncate font-mono text-sm">
          <bdi>{subject}</bdi>
        </p>
        <p className="text-quiet text-xs">
          {kinds[kind]}
          {broker && `, on ${broker}`}
        </p>
        <p className={`break-words text-xs ${error ? 'text-bad' : 'text-quiet'}`}>
          {error ?? (isReady ? `${exact(count)} ${count === 1 ? 'request' : 'requests'}` : status)}
        </p>
      </div>
      <Button icon="stop" onClick={stop}>
        Stop
      </Button>
    </li>
  )
}
