import { Button } from '../../ui/button.js'
import { Area, Field } from '../../ui/field.js'
import { Icon } from '../../ui/icon.js'
import { formOf } from '../payload.js'
import { changeDraft, type Draft, type HeaderLine, useExplorer } from '../store.js'

interface MessageFieldsProps {
  readonly form: 'publish' | 'request'
  /** Why the subject is refused. */
  readonly subjectError: string | undefined
}

/** The fields of a message to send. */
export function MessageFields({ form, subjectError }: MessageFieldsProps) {
  const draft = useExplorer((explorer) => explorer[form])
  const change = (next: Partial<Draft>): void => changeDraft(form, next)
  return (
    <>
      <Field
        label="Subject"
        value={draft.subject}
        error={subjectError}
        onChange={({ target }) => change({ subject: target.value })}
      />
      <Area
        label="Payload"
        value={draft.payload}
        hint={`Read as ${formOf(draft.payload)}`}
        onChange={({ target }) => change({ payload: target.value })}
      />
      <Headers lines={draft.headers} onChange={(headers) => change({ headers })} />
    </>
  )
}

let lines = 0

interface HeadersProps {
  readonly lines: readonly HeaderLine[]
  readonly onChange: (lines: readonly HeaderLine[]) => void
}

function Headers({ lines: headers, onChange }: HeadersProps) {
  const change = (id: number, next: Partial<HeaderLine>): void =>
    onChange(headers.map((header) => (header.id === id ? { ...header, ...next } : header)))
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="sr-only">Headers</legend>
      {headers.map(({ id, name, value }) => (
        <div key={id} className="flex items-end gap-2">
          <div className="grid min-w-0 flex-1 grid-cols-2 gap-2">
            <Field label="Header" value={name} onChange={({ target }) => change(id, { name: target.value })} />
            <Field label="Value" value={value} onChange={({ target }) => change(id, { value: target.value })} />
          </div>
          <button
            type="button"
            aria-label={`Remove the header ${name}`}
            onClick={() => onChange(headers.filter((header) => header.id !== id))}
            className="grid size-9 shrink-0 place-items-center rounded-lg text-quiet transition-colors hover:bg-raised
              hover:text-text touch:size-11"
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <div className="flex">
        <Button icon="plus" onClick={() => onChange([...headers, { id: ++lines, name: '', value: '' }])}>
          Header
        </Button>
      </div>
    </fieldset>
  )
}
