import { render } from 'preact';
import { ChatApp } from './chat/app.tsx';
import { restoreChatState } from './chat/chatState.ts';
import { HostLink } from './common/hostLink.ts';
import { answerLimitMs, RunStore } from './common/runStore.ts';
import { onHostMessage, openVscodeApi } from './common/vscodeApi.ts';

const vscode = openVscodeApi();
const link = new HostLink(message => vscode.postMessage(message));
const initialState = restoreChatState(vscode.getState());
const store = new RunStore({
  link,
  scheduleFrame: callback => requestAnimationFrame(callback),
  scheduleRetry: callback => void setTimeout(callback, answerLimitMs),
  ...(initialState.runId === undefined ? {} : { rememberedRunId: initialState.runId }),
});
onHostMessage(message => link.receive(message));
store.pull();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root.');
render(
  <ChatApp store={store} link={link} initialState={initialState} saveState={state => vscode.setState(state)} />,
  root,
);
