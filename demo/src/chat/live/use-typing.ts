import { useEffect, useState } from 'react'
import { useChatStore } from '../chat-store.js'

/** A person who writes nothing for this long is not typing. */
const stillMs = 4000

/** Whether this person is writing in a room: its draft has changed. */
export function useTyping(room: string): boolean {
  const [isTyping, setTyping] = useState(false)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = useChatStore.subscribe(({ drafts }, before) => {
      if (drafts[room] === before.drafts[room]) return
      clearTimeout(timer)
      const isText = !!drafts[room]?.trim()
      setTyping(isText)
      if (isText) timer = setTimeout(() => setTyping(false), stillMs)
    })
    return () => {
      stop()
      clearTimeout(timer)
      setTyping(false)
    }
  }, [room])
  return isTyping
}
