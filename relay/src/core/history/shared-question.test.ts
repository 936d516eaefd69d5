import { expect, it } from 'vitest'
import { SharedQuestion } from './shared-question.js'

/** A question, and functions that answer it in the order in which it was put. */
function opened() {
  const answers: PromiseWithResolvers<number>[] = []
  const question = new SharedQuestion(() => {
    const answer = withResolvers<number>()
    answers.push(answer)
    return answer.promise
  })
  return { answers, question }
}

interface PromiseWithResolvers<Value> {
  readonly promise: Promise<Value>
  readonly resolve: (value: Value) => void
  readonly reject: (cause: unknown) => void
}

function withResolvers<Value>(): PromiseWithResolvers<Value> {
  let resolve: (value: Value) => void = () => {}
  let reject: (cause: unknown) => void = () => {}
  const promise = new Promise<Value>((resolved, rejected) => {
    resolve = resolved
    reject = rejected
  })
  return { promise, resolve, reject }
}

it('is put once for all who ask while another one is under way', async () => {
  const { answers, question } = opened()
  const first = question.ask()
  const others = [question.ask(), question.ask()]
  expect(answers).toHaveLength(1)
  answers[0]?.resolve(1)
  expect(await first).toBe(1)
  await Promise.resolve()
  expect(answers).toHaveLength(2)
  answers[1]?.resolve(2)
  expect(await Promise.all(others)).toEqual([2, 2])
  void question.ask()
  expect(answers).toHaveLength(3)
})

it('is put again for those who ask after one that has failed, and for those who waited for it', async () => {
  const { answers, question } = opened()
  const first = question.ask()
  const second = question.ask()
  answers[0]?.reject(new Error('gone'))
  await expect(first).rejects.toThrow('gone')
  await expect.poll(() => answers.length).toBe(2)
  answers[1]?.resolve(2)
  expect(await second).toBe(2)
})

it('with an answer at once is put by each who asks', () => {
  let count = 0
  const question = new SharedQuestion(() => ++count)
  expect([question.ask(), question.ask()]).toEqual([1, 2])
})
