import { render } from 'preact';
import { HostLink } from './common/hostLink.ts';
import { answerLimitMs, RunStore } from './common/runStore.ts';
import { onHostMessage, openVscodeApi } from './common/vscodeApi.ts';
import { App } from './panel/app.tsx';
import { restoreViewState } from './panel/viewState.ts';

const vscode = openVscodeApi();
const link = new HostLink(message => vscode.postMessage(message));
const initialView = restoreViewState(vscode.getState());
const store = new RunStore({
  link,
  scheduleFrame: callback => requestAnimationFrame(callback),
  scheduleRetry: callback => void setTimeout(callback, answerLimitMs),
  ...(initialView.runId === undefined ? {} : { rememberedRunId: initialView.runId }),
});
onHostMessage(message => link.receive(message));
store.pull();

const root = document.getElementById('root');
if (!root) throw new Error('The page has no element #root.');
render(<App store={store} link={link} initialView={initialView} saveView={view => vscode.setState(view)} />, root);
