import { WildcastError } from '@wildcast/protocol'

/** What an answer is beside the last and successful one: a part before the last, or a failure. */
export type Mark = '_more' | '_error' | ''

const marks: readonly Mark[] = ['', '_more', '_error']

/** The topic of a question. */
export function questionTopic(id: string, topic: string): string {
  return `request/${id}/${topic}`
}

/** The filter that brings all answers to a request. */
export function answersFilter(id: string): string {
  return `response/${id}/#`
}

/** The mark of an answer; undefined if the topic does not belong to this request. */
export function markOf(topic: string, id: string, asked: string): Mark | undefined {
  const rest = topic.slice(`response/${id}/`.length)
  return marks.find((mark) => rest === (mark ? `${mark}/${asked}` : asked))
}

/**
 * The topic of an answer with a mark.
 * @throws {WildcastError} `unsupported` if the topic is not one of an answer
 */
export function marked(topic: string, mark: Mark): string {
  const [, id, asked] = /^response\/([^/]*)\/(.*)$/s.exec(topic) ?? []
  if (asked === undefined)
    throw new WildcastError('unsupported', 'MQTT 3.1.1 has parts and failures only in answers to a request')
  return `response/${id}/${mark}/${asked}`
}
