import { useEffect } from 'react'
import { useValues } from '../../hooks.js'
import { splitRoomKey } from '../chat-store.js'
import { useFeature } from '../use-rooms.js'
import { takeReactions } from './reaction-store.js'

/** Keeps the reactions of the open room up to date. Shows nothing. */
export function ReactionFeed({ room: key }: { readonly room: string }) {
  const [broker, room] = splitRoomKey(key)
  const canKeep = useFeature(key, 'retained')
  const { values } = useValues(canKeep ? (`reaction.${room}.*.*` as const) : null, { broker })
  useEffect(() => {
    takeReactions([...values].map(([subject, { data }]) => [subject, data]))
  }, [values])
  return null
}
