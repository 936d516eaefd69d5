import type { Message } from '@wildcast/client'
import { useMemo, useSyncExternalStore } from 'react'
import { type LockState, openLocker } from './locker.js'
import { useClient } from './provider.js'
import { useLatest } from './use-latest.js'
import { useValue } from './use-value.js'

/** The options of `useLock`. */
export interface UseLockOptions {
  /** The value of the subject while the lock is held, for instance the user's name. @default {} */
  readonly data?: unknown
  /** @default the client's broker */
  readonly broker?: string | undefined
}

/** A lock of a component, and its present holder. */
export interface LockView<Data = unknown> extends LockState {
  /** The value of the lock: its `data` is that of the holder. Undefined if the lock is free. */
  readonly holder: Message<Data> | undefined
}

/**
 * Returns the lock of a subject, which the component requests and releases. A component that
 * unmounts releases it. `Data` is the type of what holders give as `data`, which is not checked.
 * @param subject null or undefined can't be locked
 * @example
 * const data = { name: 'Ada' }
 * const { held, holder, request, release } = useLock<typeof data>('doc.42', { data })
 * if (held) return <button onClick={release}>done</button>
 * const text = holder ? `${holder.data.name} edits` : 'edit'
 * return <button onClick={() => void request()}>{text}</button>
 */
export function useLock<Data = unknown>(
  subject: string | null | undefined,
  { data, broker }: UseLockOptions = {},
): LockView<Data> {
  const client = useClient()
  const latest = useLatest({ data, broker })
  const { state, view } = useMemo(() => openLocker(client, subject, () => latest.current), [client, subject, latest])
  const locking = useSyncExternalStore(view, state, state)
  const { value: holder } = useValue<Data>(subject, { broker })
  return useMemo(() => ({ ...locking, holder }), [locking, holder])
}
