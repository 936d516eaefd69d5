import { createClient } from '@wildcast/client'
import { outbox } from '@wildcast/client/outbox'
import { shareTabs } from '@wildcast/client/tabs'
import { WildcastProvider } from '@wildcast/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.js'
import './styles.css'

// With ?share-tabs, the tabs of a browser hold one connection.
const isShared = new URLSearchParams(location.search).has('share-tabs')
const client = createClient({ url: '/ws', use: isShared ? [outbox(), shareTabs()] : [outbox()] })

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <WildcastProvider client={client}>
      <App />
    </WildcastProvider>
  </StrictMode>,
)
