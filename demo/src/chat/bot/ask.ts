import { mostOfQuestion } from '../../../contract.js'
import { client, WildcastError } from '../../bridge.js'
import { changeRoom, splitRoomKey } from '../chat-store.js'
import { answer, type ChatEntry } from '../room-log.js'
import { botName, questionIn } from './question.js'

/**
 * Asks the bot about a message, and shows its words as they come. The bot itself writes the whole
 * answer into the room.
 */
export async function ask(key: string, { key: id, text }: ChatEntry): Promise<void> {
  const [broker, room] = splitRoomKey(key)
  let shown: ChatEntry = {
    kind: 'message',
    key: `bot-${id}`,
    from: botName,
    text: '',
    at: Date.now(),
    isProvisional: true,
    isArriving: true,
  }
  const show = (change: Partial<ChatEntry>): void => {
    shown = { ...shown, ...change }
    changeRoom(key, (log) => answer(log, shown))
  }
  show({})
  try {
    const question = questionIn(text).slice(0, mostOfQuestion)
    const { data } = await client.request(
      'ask.bot',
      { room, question, id: shown.key },
      { broker, onPart: ({ data }) => show({ text: shown.text + data.text }) },
    )
    show({ text: data.text, isArriving: false })
  } catch (cause) {
    show({ isArriving: false, error: reasonOf(WildcastError.from(cause)) })
  }
}

function reasonOf({ code, message }: WildcastError): string {
  if (code === 'no_responders') return 'No bot runs beside this relay. `npm start` has one.'
  if (code === 'timeout' || code === 'interrupted') return 'The bot has left in the middle. Ask again.'
  return `The bot can’t answer: ${message}`
}
