'use client'

import { useCan, useConnection, usePublish, usePublishing, useRequest, useSubscription } from '@wildcast/react'
import { useHistory } from '@wildcast/react/history'
import { useLeader, useLock } from '@wildcast/react/locks'
import { useMemberCount, usePresence } from '@wildcast/react/presence'
import { useValue, useValues } from '@wildcast/react/values'
import { useEffect, useState } from 'react'

/** The number of times that the component has been mounted: two in StrictMode. */
function useMounts(): number {
  const [mounts, setMounts] = useState(0)
  useEffect(() => setMounts((count) => count + 1), [])
  return mounts
}

export function EveryHook() {
  const mounts = useMounts()
  const { state } = useConnection()
  const { last } = useSubscription<string>('check.*')
  const { items } = useHistory<string>('room.check.msg')
  const { data } = useValue<number>('value.check')
  const { values } = useValues<number>('value.*')
  const { members } = usePresence('room.check', { name: 'a page' })
  const { count } = useMemberCount('room.check')
  const { held, request } = useLock('lock.check')
  const { isLeader } = useLeader('leader.check')
  const { allowed } = useCan('publish', 'check.1')
  const { call, data: answer } = useRequest<string, string>('check.answer')
  const send = usePublish<string, 'check.*'>('check.*')
  const [publishing, setPublishing] = useState<ReturnType<typeof send>>()
  const published = usePublishing(publishing)
  return (
    <>
      <p>{`mounts ${mounts}, ${state}, last ${last?.data}, ${published}, answer ${answer}, allowed ${allowed}`}</p>
      <p>{`history ${items.length}, value ${data} of ${values.size}, members ${members.length} of ${count}`}</p>
      <p>{`lock ${held}, leader ${isLeader}`}</p>
      <button onClick={() => setPublishing(send(['1'], 'hi'))} type="button">
        Publish
      </button>
      <button onClick={() => void request()} type="button">
        Lock
      </button>
      <button onClick={() => void call('hi').catch(() => {})} type="button">
        Request
      </button>
    </>
  )
}
