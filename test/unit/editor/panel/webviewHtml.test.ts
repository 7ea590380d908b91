import assert from 'node:assert/strict';
import { webviewHtml } from '../../../../src/editor/panel/webviewHtml.ts';

const page = {
  cspSource: 'https://files.test',
  nonce: 'abc',
  scriptUri: 'https://files.test/a.js',
  styleUri: 's',
  title: 't',
};

describe('webviewHtml', () => {
  it('allows its own files and nothing inline', () => {
    const html = webviewHtml(page);
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /unsafe-/);
    assert.doesNotMatch(html, /<style|style=|<script(?![^>]* src=)/);
  });

  it('shows what it is given as text', () => {
    const html = webviewHtml({ ...page, title: '"><script>alert(1)</script>' });
    assert.doesNotMatch(html, /<script>alert/);
  });
});
