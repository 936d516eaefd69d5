import { describeAnswer, describeFailure } from '../stream/diagnosis.js'

/** Why no relay is behind the URL; undefined if one is. */
export async function problemOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { method: 'HEAD', signal })
    return answer.status === 204 ? undefined : await describeAnswer(answer, url)
  } catch (cause) {
    return describeFailure(cause, url)
  }
}
