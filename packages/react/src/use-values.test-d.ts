import type { Message } from '@wildcast/client'
import type { Member } from '@wildcast/client/presence'
import { expectTypeOf, test } from 'vitest'
import { useHistory } from './use-history.js'
import { useLock } from './use-lock.js'
import { usePresence } from './use-presence.js'
import { useValue } from './use-value.js'
import { useValues } from './use-values.js'

interface Price {
  readonly price: number
}

test('useValue and useValues have the type of the data', () => {
  const { data, set } = useValue<Price>('good.apple')
  expectTypeOf(data).toEqualTypeOf<Price | undefined>()
  void set({ price: 3 }, { when: null })
  // @ts-expect-error: the data is not a price
  void set({ cost: 3 })
  expectTypeOf(useValues<Price>('good.*').values).toEqualTypeOf<
    ReadonlyMap<string, Message<Price, readonly string[]>>
  >()
  expectTypeOf(useValues('good.*').values.get('a')?.params).toEqualTypeOf<readonly [string] | undefined>()
})

test('the status is idle without a subject', () => {
  const { status } = useValue(null)
  expectTypeOf(status).toEqualTypeOf<'idle' | 'loading' | 'synced' | 'stale' | 'denied' | 'error'>()
  expectTypeOf(useValues(null).status).toEqualTypeOf(status)
  expectTypeOf(usePresence(null).status).toEqualTypeOf(status)
  expectTypeOf(useHistory(null).status).toEqualTypeOf<'idle' | 'loading' | 'ready' | 'denied' | 'error'>()
})

test('usePresence has the type of the data', () => {
  const { members, update } = usePresence('room.42', { name: 'Ada' })
  expectTypeOf(members).toEqualTypeOf<readonly Member<{ name: string }>[]>()
  // @ts-expect-error: no name
  update({})
  usePresence(null)
})

test('useLock has the type of what the holder gives', () => {
  expectTypeOf(useLock<{ name: string }>('doc').holder?.data).toEqualTypeOf<{ name: string } | undefined>()
})
