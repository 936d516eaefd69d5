import { WildcastError } from '@wildcast/protocol'

/** The mark of an answer: a part, a failure, or none for a final answer. */
export type Mark = '_more' | '_error' | ''

const marks: readonly Mark[] = ['', '_more', '_error']

/** Returns the topic of a request. */
export function requestTopic(id: string, topic: string): string {
  return `request/${id}/${topic}`
}

/** Returns the filter of all answers to a request. */
export function answersFilter(id: string): string {
  return `response/${id}/#`
}

/** Returns the mark of an answer, or undefined if the topic is not one of this request. */
export function markOf(topic: string, id: string, requested: string): Mark | undefined {
  const rest = topic.slice(`response/${id}/`.length)
  return marks.find((mark) => rest === (mark ? `${mark}/${requested}` : requested))
}

/**
 * Returns the topic of an answer with a mark.
 * @throws {WildcastError} `unsupported` if the topic is not one of an answer
 */
export function marked(topic: string, mark: Mark): string {
  const [, id, requested] = /^response\/([^/]*)\/(.*)$/s.exec(topic) ?? []
  if (requested === undefined)
    throw new WildcastError('unsupported', 'MQTT 3.1.1 has parts and failures only in answers to a request')
  return `response/${id}/${mark}/${requested}`
}
