from gtcrowd.cli import main

main()
