import { defineContract } from '@wildcast/contract'
import * as v from 'valibot'

/** Longer texts of the chat are refused. */
export const mostCharacters = 10_000

const number = v.pipe(v.number(), v.finite())

/** A message as the chat sends it. */
export const ChatMessage = v.object({
  from: v.string(),
  text: v.pipe(v.string(), v.maxLength(mostCharacters)),
  /** Chosen by the sender: a message that is sent twice is shown once. */
  id: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
  /** When it was written, by the sender's clock: milliseconds since 1970. */
  at: v.optional(number),
})

const name = v.pipe(v.string(), v.maxLength(40))
const Person = v.object({ name })
const Price = v.pipe(number, v.minValue(0))

/** A row of the market. A filter finds what has moved far, since it compares no numbers. */
const Quote = v.object({ price: Price, change: number, mover: v.boolean() })

/** An object, or a number alone. Unlike a union, it reports which member does not fit. */
function orNumber<Entries extends v.ObjectEntries>(entries: Entries) {
  const schema = v.object(entries)
  return v.lazy((input) => (typeof input === 'object' ? schema : number))
}

/** The reactions to a message. */
export const emojis = ['👍', '❤️', '😄', '👀', '✅'] as const

/** Longer questions to the bot are refused. */
export const mostOfQuestion = 500

const Member = v.object({ name, typing: v.optional(v.boolean()) })
const Reactions = v.object({ name, emoji: v.pipe(v.array(v.picklist(emojis)), v.maxLength(emojis.length)) })
const Question = v.object({
  room: v.string(),
  question: v.pipe(v.string(), v.maxLength(mostOfQuestion)),
  /** The id under which the bot writes its answer into the room. */
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
})
/** The parts of an answer are added to one another; the last one is the whole answer. */
const Answer = v.object({ text: v.string() })

const Packer = v.object({ name: v.string() })
const Rate = v.object({ perSecond: number })
const Control = v.object({ url: v.string(), token: v.string(), brokers: v.array(v.string()) })

/** The subjects of the demo. The page and its relay refuse what does not fit. */
export const contract = defineContract({
  // Any program may write to a room. A text such as 42 arrives as a number.
  'good.{room}': {
    message: v.union([ChatMessage, v.string(), v.number()], 'must be text, or an object with a sender and a text'),
  },
  // The room of the managers. A rule that allows good.* must not cover it.
  'staff.{room}': { message: ChatMessage },
  // The people in a room.
  'room.{room}': { presence: Member },
  // A value for each user and message: two users never write the same one.
  'reaction.{room}.{id}.{user}': { value: Reactions },
  // The bot streams its answer.
  'ask.bot': { request: Question, reply: Answer },
  'sensor.**': { message: orNumber({ value: number, unit: v.optional(v.string()) }) },
  // `n` numbers the prices of all goods.
  'price.{good}': { message: orNumber({ price: number, n: v.optional(number) }) },
  'order.{good}': { message: v.object({ id: number, boxes: v.optional(number) }) },
  'quote.{id}': { value: Quote },
  // The lock of the auction; its members wait for it.
  'desk.auction': { value: Person, presence: Person },
  'desk.leader': { value: Person },
  'desk.summary': {
    value: v.object({ closing: v.array(v.object({ good: name, price: Price })), at: number, by: name }),
  },
  'desk.limit': { value: v.object({ price: Price, by: name }) },
  'packed.{packer}': { message: Packer },
  'probe.{page}': { message: number },
  'fault.{page}': { message: number },
  'demo.here': { presence: v.object({ name, view: v.string() }) },
  'demo.load': { request: Rate, reply: Rate },
  'demo.control': { request: v.object({}), reply: Control },
  // A page asks as a guest. The reply has a token, or the reason of a refusal.
  'demo.login': {
    request: v.record(v.string(), v.unknown()),
    reply: v.object({ token: v.optional(v.string()), refused: v.optional(v.string()) }),
  },
  'demo.revoke': { request: v.object({ token: v.string() }), reply: v.object({}) },
  'demo.metrics': { request: v.object({}), reply: v.string() },
})
