import { useEffect } from 'react'
import { client, useConnection } from '../bridge.js'
import { correctHash, usePage } from '../page.js'
import { ViewHeader } from '../shell/view-header.js'
import { panelId, Tabs } from '../ui/tabs.js'
import { useMedia } from '../ui/use-media.js'
import { BrokerSelect } from './broker-select.js'
import { PublishForm } from './forms/publish-form.js'
import { RequestForm } from './forms/request-form.js'
import { ServeForm } from './forms/serve-form.js'
import { Messages } from './messages.js'
import { useServices } from './services.js'
import { explorerHash, type Tab, useExplorer } from './store.js'

const forms = { publish: PublishForm, request: RequestForm, serve: ServeForm }

/** Reads any subject, publishes, requests, and serves. */
export function Explorer() {
  useAddress()
  const isWide = useMedia('(width >= 64rem)')
  const tab = useExplorer((explorer) => explorer.tab)
  const shown: Tab = isWide && tab === 'messages' ? 'publish' : tab
  const Form = shown === 'messages' ? undefined : forms[shown]
  return (
    <>
      <ViewHeader title="Explorer" note="Read and write any subject of any broker">
        <BrokerSelect />
      </ViewHeader>
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        {isWide && (
          <div className="flex min-h-0 min-w-0 flex-1 flex-col border-line border-r">
            <Messages />
          </div>
        )}
        <div className="flex min-h-0 min-w-0 flex-1 flex-col lg:max-w-96 lg:bg-panel">
          <div className="p-3 md:px-6 lg:p-4">
            <ExplorerTabs value={shown} hasMessages={!isWide} />
          </div>
          <div
            role="tabpanel"
            id={panelId(shown)}
            aria-label={shown}
            className="relative flex min-h-0 flex-1 flex-col overflow-y-auto"
          >
            {Form ? (
              <div className="px-3 pb-6 md:px-6 lg:px-4">
                <Form />
              </div>
            ) : (
              <Messages />
            )}
          </div>
        </div>
      </div>
    </>
  )
}

/** Follows the URL: `#/explorer/price.*`, with the broker behind it if one was chosen. */
function useAddress(): void {
  useConnection() // a new connection brings a new welcome
  const brokers = client.welcome?.brokers
  const parts = usePage((page) => page.parts)
  useEffect(() => {
    const [pattern, broker] = parts
    if (pattern) {
      const isKnown = !brokers || brokers.some(({ name }) => name === broker)
      useExplorer.setState({ pattern, broker: isKnown ? broker : undefined })
    }
    correctHash(explorerHash())
  }, [parts, brokers])
}

function ExplorerTabs({ value, hasMessages }: { readonly value: Tab; readonly hasMessages: boolean }) {
  const served = useServices(({ services }) => services.length)
  return (
    <Tabs<Tab>
      label="Explorer"
      value={value}
      onChange={(tab) => useExplorer.setState({ tab })}
      options={[
        ...(hasMessages ? [{ value: 'messages', label: 'Messages' } as const] : []),
        { value: 'publish', label: 'Publish' },
        { value: 'request', label: 'Request' },
        { value: 'serve', label: 'Serve', count: served },
      ]}
    />
  )
}
