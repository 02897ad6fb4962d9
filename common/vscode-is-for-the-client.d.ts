// Stands in for the editor's API outside client/: not a module, so that importing `vscode` there does not compile (TS2306).
