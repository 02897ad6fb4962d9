import * as vscode from 'vscode';
import { DEBUG_TYPE } from './debug-type';
import { inlineNames } from './inline-names';

/** It shows the values of every debug session in Python files, ours among them. */
const PYTHON_DEBUGGER = 'ms-python.debugpy';

/** Values beside the code of the stopped frame; `debug.inlineValues` switches them. */
export const registerInlineValues = (context: vscode.ExtensionContext): void => {
  context.subscriptions.push(
    vscode.languages.registerInlineValuesProvider([{ language: 'python' }, { pattern: '**/*.wsgi' }], {
      provideInlineValues: (document, _viewPort, { stoppedLocation }) => {
        if (vscode.debug.activeDebugSession?.type !== DEBUG_TYPE) return [];
        if (vscode.extensions.getExtension(PYTHON_DEBUGGER)) return [];
        const lines = document.getText().split(/\r\n|\r|\n/);
        return inlineNames(lines, stoppedLocation.end.line).map(
          ({ name, line, character }) =>
            new vscode.InlineValueVariableLookup(
              new vscode.Range(line, character, line, character + name.length),
              name,
              true,
            ),
        );
      },
    }),
  );
};
