import { useState } from 'react'
import { useValue } from '../../hooks.js'
import { type Refusal, refusalOf } from '../../ui/problem.js'

/** The limit, and the user who has set it. */
interface Limit {
  readonly price: number
  readonly by: string
}

/** A typed text, and the revision of the value when the typing began: null without a value. */
interface Draft {
  readonly text: string
  readonly base: string | null
}

/** The price limit, as it is edited in this window. */
export interface LimitEditor {
  readonly limit: Limit | undefined
  /** The text of the field. */
  readonly text: string
  readonly isDirty: boolean
  readonly isSaving: boolean
  /** Another window has changed the limit since this one began to edit. */
  readonly isConflict: boolean
  readonly refusal: Refusal | undefined
  readonly type: (text: string) => void
  /** Writes what is typed, unless another window has changed the limit. */
  readonly save: () => void
  /** Writes what is typed over what the other window has written. */
  readonly keepMine: () => void
  readonly takeTheirs: () => void
}

/** Edits the price limit with a condition: no change of another window is overwritten unseen. */
export function useLimit(name: string, broker: string): LimitEditor {
  const { data: limit, value, set } = useValue('desk.limit', { broker })
  const revision = value?.revision ?? null
  const [draft, setDraft] = useState<Draft>()
  const [isSaving, setSaving] = useState(false)
  const [refusal, setRefusal] = useState<Refusal>()

  const write = async (text: string, base: string | null): Promise<void> => {
    const condition = base === null ? { when: null } : { whenRevision: base }
    setSaving(true)
    setRefusal(undefined)
    try {
      await set({ price: Number(text), by: name }, condition)
      setDraft((now) => (now?.text === text ? undefined : now))
    } catch (cause) {
      const why = refusalOf(cause)
      if (why.code !== 'condition_failed') setRefusal(why) // else the other value arrives, and shows it
    } finally {
      setSaving(false)
    }
  }
  return {
    limit,
    text: draft?.text ?? String(limit?.price ?? ''),
    isDirty: draft !== undefined,
    isSaving,
    isConflict: draft !== undefined && !isSaving && draft.base !== revision,
    refusal,
    type: (text) => setDraft((before) => ({ text, base: before?.base ?? revision })),
    save: () => draft && void write(draft.text, draft.base),
    keepMine() {
      if (!draft) return
      setDraft({ ...draft, base: revision })
      void write(draft.text, revision)
    },
    takeTheirs() {
      setDraft(undefined)
      setRefusal(undefined)
    },
  }
}
