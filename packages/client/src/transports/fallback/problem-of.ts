import { describeAnswer, describeFailure } from '../stream/diagnosis.js'

/** Resolves with the reason why no relay answers at the URL; undefined if one does. */
export async function problemOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal })
    return answer.status === 204 ? undefined : await describeAnswer(answer, url)
  } catch (cause) {
    return describeFailure(cause, url)
  }
}
