import type { FormEvent } from 'react'
import { usePage } from '../../page.js'
import { Button } from '../../ui/button.js'
import { Field } from '../../ui/field.js'
import { Icon } from '../../ui/icon.js'
import { Panel } from '../../ui/panel.js'
import { Problem } from '../../ui/problem.js'
import { type LimitEditor, useLimit } from './use-limit.js'

/** The words for a limit that can't be one. */
function mistakeIn(text: string): string | undefined {
  const price = Number(text)
  return text.trim() === '' || !Number.isFinite(price) || price < 0 ? 'A price, such as 4.5' : undefined
}

/** A value that two windows edit: the one that comes later is asked, and overwrites nothing. */
export function LimitPanel({ broker }: { readonly broker: string }) {
  const name = usePage((page) => page.name).slice(0, 40)
  const editor = useLimit(name, broker)
  const { limit, text, isDirty, isSaving, isConflict, refusal, type, save } = editor
  const mistake = isDirty ? mistakeIn(text) : undefined
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (!mistake && !isConflict) save()
  }
  return (
    <Panel title="Price limit" note="a value that several windows edit">
      <form onSubmit={submit} className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
        <Field
          label="Mark prices over"
          inputMode="decimal"
          value={text}
          error={mistake}
          hint={limit ? `${limit.price}, set by ${limit.by || 'Guest'}` : 'No limit is set.'}
          onChange={({ target }) => type(target.value)}
        />
        <div className="pt-label">
          <Button isMain type="submit" disabled={!isDirty || mistake !== undefined || isConflict || isSaving}>
            {isSaving ? 'Saving…' : 'Save'}
          </Button>
        </div>
      </form>
      <div aria-live="polite" className="empty:hidden">
        {isConflict && <Conflict editor={editor} canKeep={!mistake} />}
        {refusal && <Problem refusal={refusal} />}
      </div>
    </Panel>
  )
}

/** Shows both values, and lets the user choose. */
function Conflict({ editor, canKeep }: { readonly editor: LimitEditor; readonly canKeep: boolean }) {
  const { limit, text, keepMine, takeTheirs } = editor
  const theirs = limit ? String(limit.price) : 'no limit'
  return (
    <div className="flex flex-col gap-2 rounded-lg border border-warn/40 bg-warn/5 px-3 py-2 text-sm">
      <p className="flex gap-2">
        <Icon name="warning" className="mt-0.5 size-4 text-warn" />
        {limit
          ? `${limit.by || 'Another window'} set ${theirs} while you wrote ${text}. Nothing of yours is lost.`
          : `The limit was removed while you wrote ${text}. Nothing of yours is lost.`}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button disabled={!canKeep} onClick={keepMine}>
          Keep mine: {text}
        </Button>
        <Button onClick={takeTheirs}>Take theirs: {theirs}</Button>
      </div>
    </div>
  )
}
