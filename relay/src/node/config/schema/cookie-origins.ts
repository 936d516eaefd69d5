import * as v from 'valibot'
import { everyOrigin } from '../../../gateways/endpoints/origin-trust.js'
import { isTable, keyIn } from './table.js'

interface WithCookie {
  readonly auth?: { readonly cookie?: string | undefined } | undefined
  readonly origins?: readonly string[]
  readonly gateway?: readonly { readonly origins?: readonly string[]; readonly mqtt?: object }[]
}

/**
 * Rejects cookies at a gateway that does not list its pages: a browser sends them with the requests
 * of any page.
 */
export function cookieNeedsOrigins<Input extends WithCookie>(): v.RawCheckAction<Input> {
  return v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.value.auth?.cookie === undefined) return
    const http = (dataset.value.gateway ?? []).filter(({ mqtt }) => !mqtt) // browsers send MQTT no cookies
    const gateways = [dataset.value, ...http]
    if (gateways.every(({ origins }) => origins && !origins.includes(everyOrigin))) return
    const { auth } = dataset.value
    if (!isTable(auth)) return
    addIssue({
      message:
        '{it} counts only for pages of listed origins; write origins = ["https://shop.example"] for every gateway',
      path: [keyIn(dataset.value, 'auth'), keyIn(auth, 'cookie')],
    })
  })
}
