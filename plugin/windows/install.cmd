@echo off
rem install.cmd
rem Installs smsrc for Wireshark @SERIES@ on Windows, for the current user
rem
rem Copyright 2026 smsrc contributors
rem SPDX-License-Identifier: GPL-2.0-or-later
rem
rem   install.cmd [FOLDER]    FOLDER is where Wireshark is installed, if it is not in Program Files

setlocal
set "wireshark=%~1"
if not defined wireshark set "wireshark=%ProgramFiles%\Wireshark"
if not exist "%wireshark%\tshark.exe" goto no_wireshark
if not exist "%wireshark%\@GLIB@" goto no_glib

set "said=%TEMP%\smsrc-version.txt"
"%wireshark%\tshark.exe" -v >"%said%"
set "version="
for /f "usebackq tokens=3" %%v in ("%said%") do if not defined version set "version=%%v"
del "%said%"
set "series="
for /f "tokens=1-3 delims=." %%a in ("%version%") do (
    set "series=%%a.%%b"
    set "version=%%a.%%b.%%c"
)
if not "%series%"=="@SERIES@" goto other_series

set "plugins=%APPDATA%\Wireshark\plugins\@SERIES@\epan"
set "profile=%APPDATA%\Wireshark\profiles\SMS 2003"
if not exist "%plugins%" mkdir "%plugins%"
copy /y "%~dp0smsrc.dll" "%plugins%" >nul
if errorlevel 1 goto failed
if not exist "%profile%" mkdir "%profile%"
copy /y "%~dp0SMS 2003\*" "%profile%" >nul
if errorlevel 1 goto failed
echo smsrc @VERSION@ for Wireshark @SERIES@ is installed in
echo   %plugins%
echo The profile "SMS 2003" is installed in
echo   %profile%
echo To see whether Wireshark loads it:
echo   "%wireshark%\tshark.exe" -G plugins
exit /b 0

:no_wireshark
echo There is no tshark.exe in "%wireshark%".
echo If Wireshark is installed elsewhere: install.cmd "folder of Wireshark"
exit /b 1

:no_glib
echo "%wireshark%" has no @GLIB@, which this build needs. Nothing was installed.
exit /b 1

:other_series
echo This is smsrc for Wireshark @SERIES@, and Wireshark %version% is installed.
echo Nothing was installed: a plugin loads in no other series.
exit /b 1

:failed
echo The files could not be copied. Close Wireshark and try again.
exit /b 1
