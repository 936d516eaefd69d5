import type { Knowledge } from './knowledge.js'
import { topics } from './topics.js'

/**
 * Answers a question in plain text, from what the bot has received and knows.
 * @param room - the room of the question
 */
export function answerTo(question: string, known: Knowledge, room = ''): string {
  const words = question.toLowerCase()
  return (
    aboutPrices(words, known, room) ??
    aboutSensors(words, known) ??
    topics.find(({ asks }) => asks.test(words))?.answer ??
    'I know the prices of the day, the sensors of the store, and how Wildcast works. Ask me “how much is an apple?”, ' +
      '“which fruit is the cheapest?”, “how warm is the cellar?” or “what happens when I am offline?”'
  )
}

const price = (value: number): string => value.toFixed(2)

function aboutPrices(words: string, { prices }: Knowledge, room: string): string | undefined {
  const sorted = [...prices].sort(([, a], [, b]) => a - b)
  const asked = sorted.filter(([good]) => namesGood(words, good))
  const others = asked.flatMap(([good]) => (good === room ? [] : [`#${good}`]))
  const elsewhere = others.length > 0 ? ` The room for that is ${others.join(' or ')}.` : ''
  const [lowest] = sorted
  const highest = sorted.at(-1)
  if (/cheap|lowest/.test(words) && lowest) return `The cheapest is the ${lowest[0]}, at ${price(lowest[1])} right now.`
  if (/expensive|dear|highest/.test(words) && highest)
    return `The most expensive is the ${highest[0]}, at ${price(highest[1])} right now.`
  const isPrice = /price|cost|how much|worth/.test(words)
  if (asked.length > 0 && (isPrice || words.split(/\s+/).length < 4))
    return `One ${asked.map(([good, value]) => `${good} is ${price(value)}`).join(', one ')} right now.${elsewhere}`
  if (!isPrice) return undefined
  if (sorted.length === 0) return 'I have not received any price yet. Ask me again in a moment.'
  return `Right now: ${sorted.map(([good, value]) => `${good} ${price(value)}`).join(', ')}.`
}

/** One or many: apple, apples, cherries. */
function namesGood(words: string, good: string): boolean {
  const stem = good.replace(/y$/, '')
  return words.split(/[^\p{L}]+/u).some((word) => [good, `${good}s`, `${stem}ies`].includes(word))
}

function aboutSensors(words: string, { sensors }: Knowledge): string | undefined {
  const isHumidity = /humid|damp|moist/.test(words)
  const isTemperature = /temperature|warm|cold|hot|cool|degrees/.test(words)
  const asked = [...sensors.values()].filter(({ place }) => words.includes(place))
  if (!isHumidity && !isTemperature && !/sensor/.test(words) && asked.length === 0) return undefined
  const wanted = (asked.length > 0 ? asked : [...sensors.values()]).filter(
    ({ kind }) => isHumidity === isTemperature || kind === (isHumidity ? 'humidity' : 'temperature'),
  )
  if (wanted.length === 0) return 'I have received no such reading yet.'
  return wanted.map(({ place, kind, value, unit }) => `The ${kind} in the ${place} is ${value} ${unit}.`).join(' ')
}
