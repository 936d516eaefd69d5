import type { Message } from '@wildcast/client'
import type { ReactNode } from 'react'
import { CopyButton } from '../ui/empty.js'
import { readable } from './payload.js'

/** All of a message. */
export function MessageDetail({ message }: { readonly message: Message }) {
  const { subject, pattern, params, broker, headerList, responseSubject } = message
  const text = readable(message)
  return (
    <div className="flex flex-col gap-3">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-xs">
        <Fact name="Subject">{subject}</Fact>
        <Fact name="Pattern">{pattern}</Fact>
        <Fact name="Params">{params.length === 0 ? 'none' : JSON.stringify(params)}</Fact>
        <Fact name="Broker">{broker}</Fact>
        {responseSubject && <Fact name="Answer to">{responseSubject}</Fact>}
        {headerList.length === 0 && <Fact name="Headers">none</Fact>}
        {headerList.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may be repeated
          <Fact key={i} name={i === 0 ? 'Headers' : ''}>
            {name}: {value}
          </Fact>
        ))}
      </dl>
      <Payload text={text} />
    </div>
  )
}

/** A payload in a box, with a button that copies it. */
export function Payload({ text }: { readonly text: string }) {
  return (
    <div className="relative">
      <pre
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it
        tabIndex={0}
        className="max-h-72 min-h-11 overflow-auto whitespace-pre-wrap break-words rounded-lg border border-line
          bg-ink py-2 pr-12 pl-3 font-mono text-xs"
      >
        {text === '' ? <span className="text-quiet">empty</span> : text}
      </pre>
      <div className="absolute top-0.5 right-0.5">
        <CopyButton text={text} />
      </div>
    </div>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="break-words font-mono">
        <bdi>{children}</bdi>
      </dd>
    </>
  )
}
