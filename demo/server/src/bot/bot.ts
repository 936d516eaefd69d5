import { setTimeout as pause } from 'node:timers/promises'
import { type Client, type Message, WildcastError } from '@wildcast/client'
import { answerTo } from './answer.js'
import { fieldsOf, type Knowledge, learn } from './knowledge.js'

/** Words come at this pace, in milliseconds. */
const paceMs = 45

/** More people at a time have to wait. */
const mostAnswers = 50

/**
 * Answers the questions of the chat, as any program can. It serves `ask.bot` on each broker, sends
 * the words as a stream, and publishes the whole answer to the room on the same broker.
 */
export function openBot(client: Client): void {
  const served = new Set<string>()
  let known: Knowledge | undefined
  let answers = 0

  async function* answer({ data, broker }: Message): AsyncGenerator<{ readonly text: string }> {
    if (answers >= mostAnswers) throw new WildcastError('rate_limited', 'the bot is busy; ask again in a moment')
    const { room, question, id } = fieldsOf(data)
    const text = answerTo(String(question ?? ''), known ?? { prices: new Map(), sensors: new Map() }, String(room))
    answers++
    try {
      for (const word of text.match(/\S+\s*/g) ?? []) {
        yield { text: word }
        await pause(paceMs)
      }
    } finally {
      answers--
      // Also if the client has left: the others have seen the question.
      if (isRoom(room) && isAnswerId(id))
        void client.publish(`good.${room}`, { from: 'bot', text, id, at: Date.now() }, { broker, key: id }).outcome
    }
    return { text }
  }

  client.onStatus(({ state }) => {
    if (state !== 'online') return
    known ??= learn(client)
    for (const { name, features } of client.welcome?.brokers ?? []) {
      if (served.has(name) || !features.includes('request')) continue
      served.add(name)
      client.serve('ask.bot', answer, { broker: name })
    }
  })
}

const roomName = /^[^\s.*>#+/\p{Cc}\p{Cs}$_][^\s.*>#+/\p{Cc}\p{Cs}]{0,39}$/u

/** Only one segment: the bot may publish more than a client that asks it. */
const isRoom = (room: unknown): room is string => typeof room === 'string' && roomName.test(room)

/** No other message of the chat has such an id. */
const isAnswerId = (id: unknown): id is string => typeof id === 'string' && /^bot-.{1,60}$/.test(id)
